-- Runs several steps, each as its own script would. ARGV: letter of the step, number of its arguments,
-- its arguments, ... Returns the reply of each. An error in one ends the script: those before it have
-- happened, and all are run again, each by itself.
local replies, at, failure = {}, 1, nil
together = true
while at <= #ARGV and not failure do
  local last = at + 1 + tonumber(ARGV[at + 1])
  know_nothing()
  local ok, reply = pcall(steps[ARGV[at]], { unpack(ARGV, at + 2, last) })
  if ok then
    replies[#replies + 1] = reply
  else
    failure = reply
  end
  at = last + 1
end
send_all()
if failure then
  error(failure, 0)
end
return replies
