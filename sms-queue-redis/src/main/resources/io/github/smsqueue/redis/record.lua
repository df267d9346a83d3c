-- What became of recipients. ARGV: batch, first of the slice, token (0: a receipt), first changed,
-- one letter for each from there on ('.': unchanged), how many notes, then ordinal, note of each, then
-- ordinal, hash of the message id, ...
-- Returns 1 when stale, 1 when the batch is completed, then ordinal, letter, note of each receipt that
-- had come before; and, to finish.lua, for how many ms the batch is kept.
even_when_full()
local now = clock()
local batch, token, first, wanted = ARGV[1], ARGV[3], tonumber(ARGV[4]), ARGV[5]
local target = string.sub(wanted, 1, 1)
local b = redis.call('HMGET', K .. 'b:' .. batch, 'dn', 'xp', 'rt', 'ik', 'cP', 'cS', 'c' .. target, 'k',
  't' .. ARGV[2], 's')
if not b[8] then
  return { 1, 0 }
end
known[target] = tonumber(b[7] or 0)
known.P, known.S, few = tonumber(b[5] or 0), tonumber(b[6] or 0), b[10]
local ids = 7 + 2 * tonumber(ARGV[6])

local function answer(stale, completed)
  local reply = { stale, completed }
  for n = ids, #ARGV, 2 do
    local ordinal, hash = ARGV[n], ARGV[n + 1]
    index(hash, batch, ordinal, now)
    local early = redis.call('GET', K .. 'v:' .. hash)
    if early then
      local letter, note = string.sub(early, 1, 1), string.sub(early, 2)
      if apply_receipt(batch, tonumber(ordinal), letter, note, now) then
        for _, value in ipairs({ tonumber(ordinal), letter, note }) do
          reply[#reply + 1] = value
        end
      end
    end
  end
  return reply
end

if token ~= '0' and b[9] ~= token then
  -- The messages are on their way all the same, and their receipts will tell what became of them.
  return answer(1, 0)
end
local changes = token == '0' and MAY_BECOME_BY_RECEIPT or MAY_BECOME
local found = letters_of(batch, first, #wanted)
wanted = string.sub(wanted, 1, #found)

-- What the recipients become, by the rule.
local function ruled()
  local from, to = string.sub(found, 1, 1), string.sub(wanted, 1, 1)
  if allowed(changes, from, to) and found == row(from, #found) and wanted == row(to, #wanted) then
    -- A whole call with one result, as most are.
    shift(from, -#found)
    shift(to, #found)
    return wanted
  end
  local letters = {}
  for n = 1, #found do
    from, to = string.sub(found, n, n), string.sub(wanted, n, n)
    if allowed(changes, from, to) then
      letters[n] = to
      shift(from, -1)
      shift(to, 1)
    else
      letters[n] = from
    end
  end
  return table.concat(letters)
end

local letters = ruled()
if letters ~= found then
  write_letters(batch, first, letters)
  for n = 7, ids - 1, 2 do
    local at = tonumber(ARGV[n]) - first + 1
    if at >= 1 and at <= #found and string.sub(letters, at, at) ~= string.sub(found, at, at) then
      write_note(batch, ARGV[n], ARGV[n + 1])
    end
  end
  if ids > 7 and b[1] then
    notes_go_with(batch)
  end
end
return answer(0, complete(batch, now, b)), tonumber(b[3])
