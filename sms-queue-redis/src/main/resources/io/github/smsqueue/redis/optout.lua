-- Adds numbers to an opt-out list. ARGV: key of the list, number, ... Returns how many are new.
even_when_full()
local added = 0
for n = 2, #ARGV do
  added = added + redis.call('SADD', ARGV[1], ARGV[n])
end
return { added }
