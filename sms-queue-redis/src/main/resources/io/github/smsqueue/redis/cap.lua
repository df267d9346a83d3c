-- Counts messages against a frequency cap, each recipient by itself. ARGV: cap, window in ms, how many
-- messages, 1 to count or 0 to look, then recipient (a hash), message, ...
-- Returns for each the ms until there is room, 0 when it is counted. A message that is counted already
-- counts from now on.
even_when_full()
local now = clock()
local window, most, counting = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == '1'
local waits = {}
for n = 5, #ARGV, 2 do
  local key, message = K .. 'q:' .. ARGV[1] .. ':' .. ARGV[n], ARGV[n + 1]
  redis.call('ZREMRANGEBYSCORE', key, '-inf', int(now - window))
  local held = redis.call('ZCARD', key)
  local wait = 0
  if held >= most and not redis.call('ZSCORE', key, message) then
    local last = redis.call('ZRANGE', key, held - most, held - most, 'WITHSCORES')
    -- Never more than the window, even when the server's clock was set back.
    wait = math.max(1, math.min(tonumber(last[2]) + window - now, window))
  elseif counting then
    redis.call('ZADD', key, int(now), message)
    redis.call('PEXPIRE', key, int(window))
  end
  waits[#waits + 1] = wait
end
return waits
