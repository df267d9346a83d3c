-- What the steps of the ledger share. Changes of the counts of a step's batch, by letter.
local shifts = {}

-- Counts of the batch that a step has read, by letter: they need not be read again to be changed.
local known = {}

-- The letters of a batch of few recipients, which are field s of its hash; false when there is none, nil
-- when the step has not read it.
local few
local few_changed = false

-- Where several steps go together each begins with this: nothing that it knows is of another batch.
local function know_nothing()
  shifts, known, few, few_changed = {}, {}, nil, false
end

local function shift(letter, by)
  shifts[letter] = (shifts[letter] or 0) + by
end

-- So many of one letter.
local rows = {}
local function row(letter, length)
  local key = letter .. length
  rows[key] = rows[key] or string.rep(letter, length)
  return rows[key]
end

-- Writes the counts, the letters when they lie beside them, and fields and values that are given.
local function write_counts(batch, ...)
  local key, fields = K .. 'b:' .. batch, { ... }
  for letter, by in pairs(shifts) do
    if by ~= 0 and known[letter] then
      known[letter] = known[letter] + by
      fields[#fields + 1] = 'c' .. letter
      fields[#fields + 1] = int(known[letter])
    elseif by ~= 0 then
      redis.call('HINCRBY', key, 'c' .. letter, by)
    end
  end
  shifts = {}
  if few_changed then
    fields[#fields + 1] = 's'
    fields[#fields + 1] = few
    few_changed = false
  end
  if fields[1] then
    redis.call('HSET', key, unpack(fields))
  end
end

-- Every letter of one state becomes another; returns the letters and how many changed.
local function convert(letters, from, to)
  local changed, by
  if known[from] and known[from] + (shifts[from] or 0) == 0 then
    return letters, 0
  elseif letters == row(from, #letters) then
    changed, by = row(to, #letters), #letters
  else
    changed, by = string.gsub(letters, from, to)
  end
  shift(from, -by)
  shift(to, by)
  return changed, by
end

-- The letters of a slice, as far as the batch has them.
local function letters_of(batch, first, count)
  if count <= 0 then
    return ''
  end
  if few == nil then
    few = redis.call('HGET', K .. 'b:' .. batch, 's')
  end
  if few then
    return string.sub(few, first + 1, first + count)
  end
  return redis.call('GETRANGE', K .. 's:' .. batch, first, first + count - 1)
end

-- To be followed by write_counts or complete; letters_of has been asked before.
local function write_letters(batch, first, letters)
  if few then
    few = string.sub(few, 1, first) .. letters .. string.sub(few, first + #letters + 1)
    few_changed = true
  else
    redis.call('SETRANGE', K .. 's:' .. batch, first, letters)
  end
end

-- Writes what write_counts does, and completes the batch if nobody is open any more. Read: dn, xp, rt and
-- ik of the batch, when the step has them and knows the counts P and S. Returns 1 when it is completed.
local function complete(batch, now, read)
  local key, b, open = K .. 'b:' .. batch, read, nil
  if b then
    open = known.P + known.S + (shifts.P or 0) + (shifts.S or 0)
  else
    write_counts(batch)
    b = redis.call('HMGET', key, 'dn', 'xp', 'rt', 'ik', 'cP', 'cS')
    open = tonumber(b[5] or 0) + tonumber(b[6] or 0)
  end
  if b[1] or b[2] == '1' or open > 0 then
    write_counts(batch)
    return b[1] and 1 or 0
  end
  write_counts(batch, 'dn', int(now))
  local gone = int(now + math.max(1, tonumber(b[3])))
  redis.call('PEXPIREAT', key, gone)
  if not few then
    redis.call('PEXPIREAT', K .. 's:' .. batch, gone)
  end
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
