-- The fence. ARGV: batch, first, count, token, letter for calls of an earlier holder, first wanted,
-- span of the wanted, '' or one 1 or 0 for each of the span.
-- Returns OPEN, PAUSED, STALE or MISSING, then the letters of the slice as found, after the take-over,
-- and as left, and the ms until the batch expires, or -1.
even_when_full()
local now = clock()
local batch, first = ARGV[1], tonumber(ARGV[2])
local key = K .. 'b:' .. batch
local b = redis.call('HMGET', key, 'k', 't' .. ARGV[2], 'ca', 'ex', 'pa', 'pv', 'cP', 'cS', 's')
if not b[1] then
  return { 'MISSING' }
end
local seen, token = tonumber(b[2] or 0), tonumber(ARGV[4])
if seen > token then
  return { 'STALE' }
end
if b[6] then
  keep(batch)
end
known.P, known.S, few = tonumber(b[7] or 0), tonumber(b[8] or 0), b[9]
local found = letters_of(batch, first, tonumber(ARGV[3]))
local before, settled = found, 0
local first_sight = {}
if seen < token then
  first_sight = { 't' .. ARGV[2], ARGV[4] }
  before, settled = convert(found, 'S', ARGV[5])
end

-- Of the wanted, those that are pending.
local function begin(letters)
  local from, span, mask = tonumber(ARGV[6]) - first, tonumber(ARGV[7]), ARGV[8]
  if span == 0 or from < 0 then
    return letters
  end
  local part = string.sub(letters, from + 1, from + span)
  if mask == '' then
    part = convert(part, 'P', 'S')
  else
    local pieces = {}
    for n = 1, #part do
      local letter = string.sub(part, n, n)
      if letter == 'P' and string.sub(mask, n, n) == '1' then
        letter = 'S'
        shift('P', -1)
        shift('S', 1)
      end
      pieces[n] = letter
    end
    part = table.concat(pieces)
  end
  return string.sub(letters, 1, from) .. part .. string.sub(letters, from + span + 1)
end

local after, gate, ended = before, 'OPEN', 0
if b[3] then
  after, ended = convert(before, 'P', 'C')
else
  if b[4] and now >= tonumber(b[4]) then
    after, ended = convert(before, 'P', 'E')
  elseif not b[5] then
    after = begin(before)
  end
  if b[5] then
    gate = 'PAUSED'
  end
end
local changed = after ~= found
if changed then
  write_letters(batch, first, after)
end
write_counts(batch, unpack(first_sight))
if changed and settled + ended > 0 then
  complete(batch, now)
end
return { gate, found, before, after, b[4] and math.max(0, tonumber(b[4]) - now) or -1 }
