-- Runs several steps, each as its own script would. ARGV: letter of the step, number of its arguments,
-- its arguments, ... Returns the reply of each. An error in one ends the script: those before it have
-- happened, and all are run again, each by itself.
local replies, at = {}, 1
while at <= #ARGV do
  local last = at + 1 + tonumber(ARGV[at + 1])
  replies[#replies + 1] = steps[ARGV[at]]({ unpack(ARGV, at + 2, last) })
  at = last + 1
end
return replies
