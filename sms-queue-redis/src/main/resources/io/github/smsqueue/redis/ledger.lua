-- What the steps of the ledger share.
local tally = {}

local function count(letter, by)
  tally[letter] = (tally[letter] or 0) + by
end

local function write_counts(batch)
  for letter, by in pairs(tally) do
    if by ~= 0 then
      redis.call('HINCRBY', K .. 'b:' .. batch, 'c' .. letter, by)
    end
  end
  tally = {}
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

-- Counts must have been written. Returns 1 when the batch is completed.
local function complete(batch, now)
  local key = K .. 'b:' .. batch
  local b = redis.call('HMGET', key, 'dn', 'cP', 'cS', 'xp', 'rt', 'ik')
  if b[1] then
    return 1
  end
  if b[4] == '1' or tonumber(b[2] or 0) + tonumber(b[3] or 0) > 0 then
    return 0
  end
  local gone = int(now + math.max(1, tonumber(b[5])))
  redis.call('HSET', key, 'dn', int(now))
  redis.call('PEXPIREAT', key, gone)
  redis.call('PEXPIREAT', K .. 's:' .. batch, gone)
  redis.call('PEXPIREAT', K .. 'm:' .. batch, gone)
  if b[6] then
    redis.call('PEXPIREAT', K .. 'k:' .. b[6], gone)
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
