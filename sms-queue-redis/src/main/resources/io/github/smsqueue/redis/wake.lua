-- Gives back a wake token that nobody here waits for any more. ARGV: lane.
even_when_full()
local key = K .. 'w:' .. ARGV[1]
if redis.call('EXISTS', key) == 0 and redis.call('EXISTS', K .. 'r:' .. ARGV[1]) == 1 then
  redis.call('LPUSH', key, '1')
end
return { 1 }
