-- Pauses a gateway. ARGV: gateway, ms or 0 for ever, reason.
-- A pause without an end is not shortened; a second run only begins the time anew.
even_when_full()
local now = clock()
local known = redis.call('HGET', K .. 'h', ARGV[1])
local since, till
if known then
  since, till = string.match(known, '^(%d+) (%d+) ')
  if till ~= '0' and now >= tonumber(till) then
    since, till = nil, nil
  end
end
if till ~= '0' or ARGV[2] == '0' then
  local ends = ARGV[2] == '0' and '0' or int(now + ARGV[2])
  redis.call('HSET', K .. 'h', ARGV[1], (since or int(now)) .. ' ' .. ends .. ' ' .. ARGV[3])
end
return { 0 }
