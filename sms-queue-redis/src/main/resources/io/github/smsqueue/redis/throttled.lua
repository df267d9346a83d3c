-- The provider asked to slow down. ARGV: limit, microseconds in which nothing is granted.
-- A second run within a second changes at most the hold.
even_when_full()
local _, now = clock()
local key = limit_key(ARGV[1])
local s = read(key, 'a', 'h', 'p', 'c')
local hold = math.max(ahead(s[2], now, HOLD), math.min(tonumber(ARGV[2]), HOLD))
redis.call('HSET', key, 'h', stamp(now, hold))
if not s[4] or now < tonumber(s[4]) or now - tonumber(s[4]) >= 1000000 then
  local before = pace(s[3], s[4], now)
  local after = math.max(SLOWEST, 0.7 * before)
  redis.call('HSET', key, 'p', after, 'c', int(now))
  if s[1] then
    -- What was granted ahead of time weighs as much as before.
    redis.call('HSET', key, 'a', stamp(now, ahead(s[1], now, 1e15) * before / after))
  end
end
local stays = math.ceil((RECOVERY + hold) / 1000)
if redis.call('PTTL', key) < stays then
  redis.call('PEXPIRE', key, int(stays))
end
return { 0 }
