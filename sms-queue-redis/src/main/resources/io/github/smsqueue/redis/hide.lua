-- Numbers of an opt-out list become hashes. ARGV: key of the numbers, key of the hashes, then number,
-- hash, ... Returns how many were there.
even_when_full()
local moved = 0
for n = 3, #ARGV, 2 do
  if redis.call('SREM', ARGV[1], ARGV[n]) == 1 then
    redis.call('SADD', ARGV[2], ARGV[n + 1])
    moved = moved + 1
  end
end
return { moved }
