-- What the steps of the rate limiter share: the generic cell rate algorithm (ITU-T I.371) on two
-- theoretical arrival times a limit, a of all lanes and u of URGENT, kept only as long as
-- another lane waits (until w). Also h, until when nothing is granted; p and c, the pace after the last
-- cut and its time. Microseconds of the server's clock, as whole ones and a fraction, so that nothing
-- is lost at high rates. RedisScripts puts RECOVERY, SLOWEST and HOLD before this.
local function limit_key(name)
  return K .. 'g:' .. name
end

-- Some fields of a limit. The first layout had a text in its place, kept for a second or so.
local function read(key, ...)
  local s = redis.pcall('HMGET', key, ...)
  if s.err then
    redis.call('DEL', key)
    return {}
  end
  return s
end

-- How far ahead of now a stored time is, never more than most: the server's clock may be set back.
local function ahead(stored, now, most)
  if not stored then
    return 0
  end
  local whole, part = string.match(stored, '^(%d+)%.(%d+)$')
  return math.max(0, math.min(tonumber(whole) - now + tonumber('0.' .. part), most))
end

local function stamp(now, after)
  local whole = math.floor(after)
  local part = string.sub(string.format('%.9f', math.min(after - whole, 0.999999999)), 3)
  return int(now + whole) .. '.' .. part
end

local function pace(p, c, now)
  if not p then
    return 1
  end
  return math.min(1, tonumber(p) + math.max(0, now - tonumber(c)) / RECOVERY)
end
