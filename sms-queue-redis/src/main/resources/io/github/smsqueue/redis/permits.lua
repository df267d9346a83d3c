-- Grants all demands or none. ARGV: 1 when URGENT, else 0, then limit, microseconds per permit, permits,
-- burst, share of the lower lanes of each demand. Returns the microseconds to wait, 0 when granted.
even_when_full()
local _, now = clock()
local urgent, early, meters = ARGV[1] == '1', 0, {}
for n = 2, #ARGV, 5 do
  local key = limit_key(ARGV[n])
  local interval, permits, burst = tonumber(ARGV[n + 1]), tonumber(ARGV[n + 2]), tonumber(ARGV[n + 3])
  local s = read(key, 'a', 'u', 'w', 'h', 'p', 'c')
  interval = interval / pace(s[5], s[6], now)
  local each = interval / (1 - tonumber(ARGV[n + 4]))
  local most = burst * interval
  local m = { key = key, a = ahead(s[1], now, most), u = ahead(s[2], now, burst * each) }
  local share = urgent and burst or math.max(0.8 * burst, permits)
  m.early = math.max(m.a + (permits - share) * interval, ahead(s[4], now, HOLD))
  m.shares = urgent and ahead(s[3], now, 2 * most + 2 * HOLD) > 0
  if m.shares then
    m.early = math.max(m.early, m.u + (permits - math.max(0.2 * burst, permits)) * each)
  end
  m.taken, m.urgent, m.most = permits * interval, permits * each, most
  meters[#meters + 1] = m
  early = math.max(early, m.early)
end
if early > 0.0005 then
  for _, m in ipairs(meters) do
    if not urgent and m.early > 0.0005 then
      local patience = 2 * m.early + 1000000
      redis.call('HSET', m.key, 'w', stamp(now, patience))
      if redis.call('PTTL', m.key) < patience / 1000 then
        redis.call('PEXPIRE', m.key, int(math.ceil(patience / 1000)))
      end
    end
  end
  return { math.ceil(early) }
end
for _, m in ipairs(meters) do
  redis.call('HSET', m.key, 'a', stamp(now, m.a + m.taken))
  local stays = m.a + m.taken
  -- What nobody else waited for is not held against URGENT later.
  if m.shares then
    redis.call('HSET', m.key, 'u', stamp(now, m.u + m.urgent))
    stays = math.max(stays, m.u + m.urgent)
  end
  stays = int(math.ceil(stays / 1000) + 1000)
  if redis.call('PTTL', m.key) < tonumber(stays) then
    redis.call('PEXPIRE', m.key, stays)
  end
end
return { 0 }
