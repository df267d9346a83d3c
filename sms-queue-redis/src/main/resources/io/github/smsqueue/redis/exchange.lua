-- A worker reports its gateways and learns which are paused. ARGV: worker or '' for none, ms that a
-- report counts, then gateway and report, ... Returns the time, how many are paused, then name, since,
-- until (0: for ever), reason of each, then gateway and report of each worker without a name given.
even_when_full()
local now = clock()
local worker, seen = ARGV[1], tonumber(ARGV[2])
local paused, reported = K .. 'h', K .. 'hw'
local reply, count = { now, 0 }, 0
local pauses = redis.call('HGETALL', paused)
for n = 1, #pauses, 2 do
  local since, till, reason = string.match(pauses[n + 1], '^(%d+) (%d+) (.*)$')
  if till ~= '0' and now >= tonumber(till) then
    redis.call('HDEL', paused, pauses[n])
  else
    count = count + 1
    for _, value in ipairs({ pauses[n], tonumber(since), tonumber(till), reason }) do
      reply[#reply + 1] = value
    end
  end
end
reply[2] = count
if worker ~= '' then
  for n = 3, #ARGV, 2 do
    redis.call('HSET', reported, ARGV[n] .. '\n' .. worker, int(now) .. ' ' .. ARGV[n + 1])
  end
  redis.call('PEXPIRE', reported, 2 * seen)
  return reply
end
local reports = redis.call('HGETALL', reported)
for n = 1, #reports, 2 do
  local at, report = string.match(reports[n + 1], '^(%d+) (.*)$')
  if now - tonumber(at) > seen then
    redis.call('HDEL', reported, reports[n])
  else
    reply[#reply + 1] = string.match(reports[n], '^(.*)\n')
    reply[#reply + 1] = report
  end
end
return reply
