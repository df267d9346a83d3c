-- What the steps share that deal with receipts. RedisScripts puts KNOWN before this.
-- Whether one state may become another, by a list of pairs.
local function allowed(changes, from, to)
  return string.find(changes, from .. to .. ',', 1, true) ~= nil
end

-- A receipt says what became of one recipient. Returns whether it did.
local function apply_receipt(batch, ordinal, letter, note, now)
  local found = letters_of(batch, ordinal, 1)
  if found == '' or not allowed(MAY_BECOME_BY_RECEIPT, found, letter) then
    return found == letter
  end
  shift(found, -1)
  shift(letter, 1)
  write_letters(batch, ordinal, letter)
  if note ~= '' then
    write_note(batch, ordinal, note)
    notes_go_with(batch)
  end
  complete(batch, now)
  return true
end

-- The ids of messages lie in hashes of one day and one of 4096 shards each, so that they stay small.
local DAY = 86400000

local function index_key(day, hash)
  return K .. 'a:' .. int(day) .. ':' .. string.sub(hash, 1, 2)
end

-- Remembers the id of a message, at least for KNOWN ms.
local function index(hash, batch, ordinal, now)
  local day = math.floor(now / DAY)
  local key = index_key(day, hash)
  redis.call('HSET', key, string.sub(hash, 3), batch .. '.' .. ordinal)
  redis.call('PEXPIREAT', key, int((day + 1) * DAY + KNOWN))
end

local function indexed(hash, now)
  local day = math.floor(now / DAY)
  for past = 0, math.ceil(KNOWN / DAY) do
    local message = redis.call('HGET', index_key(day - past, hash), string.sub(hash, 3))
    if message then
      return string.match(message, '^(.*)%.(%d+)$')
    end
  end
end
