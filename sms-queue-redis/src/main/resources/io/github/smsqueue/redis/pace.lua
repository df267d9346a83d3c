-- What part of its rate a limit grants now. ARGV: limit. Returns it as text.
unless_moving()
local _, now = clock()
local s = read(limit_key(ARGV[1]), 'p', 'c')
return { tostring(pace(s[1], s[2], now)) }
