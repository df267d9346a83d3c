-- Tasks of a batch are parked from now on, when a lease comes upon them. ARGV: batch.
even_when_full()
if has_tasks(ARGV[1]) then
  redis.call('HSET', K .. 'z', ARGV[1], '1')
end
return { 0 }
