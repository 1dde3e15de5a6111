"""The bar with the time left, in bash alone: a prompt must not start Python."""

# The words of the clock file: stage, deadline, seconds left while the clock stands, open task, tasks, flagged tasks.
BAR = r"""
__labs_clock() {
  local stage deadline standing task tasks flagged now left span warned
  read -r stage deadline standing task tasks flagged 2>/dev/null < "$LABS_EXAM_CLOCK" || { LABS_BAR=; return; }
  printf -v now '%(%s)T' -1
  left=$((deadline - now))
  case $stage in
    preparing) LABS_BAR="not begun"; return ;;
    paused) left=$standing ;;
    running) [ "$left" -gt 0 ] || { LABS_BAR="the time is over"; return; } ;;
    *) LABS_BAR="the exam is over"; return ;;
  esac
  printf -v span '%d:%02d:%02d' $((left / 3600)) $((left / 60 % 60)) $((left % 60))
  LABS_BAR="$span"
  [ "$stage" = paused ] && LABS_BAR="$span stopped"
  [ "$task" -gt 0 ] && LABS_BAR="$LABS_BAR, task $task of $tasks"
  [ "$flagged" -gt 0 ] && LABS_BAR="$LABS_BAR, $flagged flagged"
  [ "$stage" = running ] || return
  for warned in 300 600 1800; do
    if [ "$left" -le "$warned" ]; then
      [ "${LABS_WARNED:-999999}" -le "$warned" ] || echo "*** less than $((warned / 60)) minutes left ***"
      LABS_WARNED=$warned
      break
    fi
  done
}
PROMPT_COMMAND="__labs_clock${PROMPT_COMMAND:+; $PROMPT_COMMAND}"
"""

CLOCK_SCRIPT = """\
#!/bin/bash
# Made by `labs exam shell`: one line for tmux's status.
LABS_EXAM_CLOCK={clock}
{bar}
__labs_clock
echo "$LABS_BAR"
"""
