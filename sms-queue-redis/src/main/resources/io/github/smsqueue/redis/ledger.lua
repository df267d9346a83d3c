-- What the steps of the ledger share.
local tally = {}

-- Counts of the batch that a step has read, by letter: they need not be read again to be changed.
local known = {}

local function count(letter, by)
  tally[letter] = (tally[letter] or 0) + by
end

-- Writes the counts, and fields and values that are given.
local function write_counts(batch, ...)
  local key, fields = K .. 'b:' .. batch, { ... }
  for letter, by in pairs(tally) do
    if by ~= 0 and known[letter] then
      known[letter] = known[letter] + by
      fields[#fields + 1] = 'c' .. letter
      fields[#fields + 1] = known[letter]
    elseif by ~= 0 then
      redis.call('HINCRBY', key, 'c' .. letter, by)
    end
  end
  tally = {}
  if fields[1] then
    redis.call('HSET', key, unpack(fields))
  end
end

-- Every letter of one state becomes another; returns the letters and how many changed.
local function convert(letters, from, to)
  local changed, by = string.gsub(letters, from, to)
  count(from, -by)
  count(to, by)
  return changed, by
end

-- The letters of a slice, as far as the batch has them.
local function letters_of(batch, first, count)
  if count <= 0 then
    return ''
  end
  return redis.call('GETRANGE', K .. 's:' .. batch, first, first + count - 1)
end

local function write_letters(batch, first, letters)
  redis.call('SETRANGE', K .. 's:' .. batch, first, letters)
end

-- Counts must have been written. Read: dn, xp, rt and ik of the batch, when the step has them and knows
-- the counts P and S. Returns 1 when the batch is completed.
local function complete(batch, now, read)
  local key = K .. 'b:' .. batch
  local b = read or redis.call('HMGET', key, 'dn', 'xp', 'rt', 'ik', 'cP', 'cS')
  local open = read and known.P + known.S or tonumber(b[5] or 0) + tonumber(b[6] or 0)
  if b[1] then
    return 1
  end
  if b[2] == '1' or open > 0 then
    return 0
  end
  local gone = int(now + math.max(1, tonumber(b[3])))
  redis.call('HSET', key, 'dn', int(now))
  redis.call('PEXPIREAT', key, gone)
  redis.call('PEXPIREAT', K .. 's:' .. batch, gone)
  redis.call('PEXPIREAT', K .. 'm:' .. batch, gone)
  if b[4] then
    redis.call('PEXPIREAT', K .. 'k:' .. b[4], gone)
  end
  return 1
end

-- A batch that has something pending again is not completed, and stays.
local function uncomplete(batch, ik)
  redis.call('HDEL', K .. 'b:' .. batch, 'dn')
  redis.call('PERSIST', K .. 'b:' .. batch)
  redis.call('PERSIST', K .. 's:' .. batch)
  redis.call('PERSIST', K .. 'm:' .. batch)
  if ik then
    redis.call('PERSIST', K .. 'k:' .. ik)
  end
end

local function write_note(batch, ordinal, note)
  redis.call('HSET', K .. 'm:' .. batch, ordinal, note)
end

local function notes_go_with(batch)
  local left = redis.call('PTTL', K .. 'b:' .. batch)
  if left > 0 then
    redis.call('PEXPIRE', K .. 'm:' .. batch, left)
  end
end
