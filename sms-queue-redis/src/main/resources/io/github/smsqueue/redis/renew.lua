-- Leases hold for longer. ARGV: ms from now, then id, token, ...
-- Returns for each: 1 held, 0 lost.
even_when_full()
local now = clock()
local reply = {}
for n = 2, #ARGV, 2 do
  if held(ARGV[n], ARGV[n + 1]) then
    redis.call('ZADD', K .. 'l', int(now + ARGV[1]), ARGV[n])
    reply[#reply + 1] = 1
  else
    reply[#reply + 1] = 0
  end
end
return reply
