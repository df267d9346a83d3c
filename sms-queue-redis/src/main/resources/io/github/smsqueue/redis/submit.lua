-- Opens a batch and stores its tasks in one step. ARGV: those of open, then id, batch, lane, delay ms and
-- payload of each task; '' for a payload that was written before.
-- Returns what open does; or -1 when a payload was missing: then nothing has happened.
unless_moving()
local now = clock()
local FIRST, EACH = 14, 5
local outlived = tonumber(ARGV[7]) >= RESENT

-- As addable, for a task whose payload comes with it: one that is there already means a finished task,
-- and so does a batch that is, when it is kept for long enough.
local function verdict(id, payload)
  if payload == '' then
    return addable(id)
  end
  return outlived and 1 or 1 - math.min(1, redis.call('EXISTS', K .. 'e:' .. id, K .. 'y:' .. id))
end

local fresh = {}
for n = FIRST, #ARGV, EACH do
  local found = verdict(ARGV[n], ARGV[n + 4])
  if found == -1 then
    return { -1 }
  end
  fresh[n] = found == 1
end
local opened, before = open(ARGV, true)
local new = opened[1] == ARGV[1]
for n = FIRST, #ARGV, EACH do
  local id, payload = ARGV[n], ARGV[n + 4]
  if payload == '' and fresh[n] and not new then
    redis.call('DEL', K .. 'y:' .. id)
  elseif fresh[n] and new and not (before and outlived and payload ~= '') then
    add(id, ARGV[n + 1], ARGV[n + 2], tonumber(ARGV[n + 3]), now, payload ~= '' and payload,
      #ARGV == FIRST + EACH - 1)
  end
end
end_step()
return opened
