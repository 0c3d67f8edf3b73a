#!/bin/sh
# Runs a source and waits until it has finished, for cron. Ends with 0 only when everything was applied.
#
#   NOCOBASE_URL=https://nocobase.example.com NOCOBASE_KEY=... ./pull.sh my-source
set -eu
source=$1

ask() { curl -sS --fail-with-body --max-time 60 -H "Authorization: Bearer $NOCOBASE_KEY" "$@"; }
# The first value of this name in an answer.
value() { tr -d '\n' | sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",}]*\).*/\1/p"; }

if ! answer=$(ask -H 'Content-Type: application/json' -d "{\"name\": \"$source\"}" "$NOCOBASE_URL/api/userData:pull"); then
  echo "$answer" >&2
  exit 1
fi
task=$(echo "$answer" | value taskId)

while :; do
  sleep "${NOCOBASE_INTERVAL:-10}"
  answer=$(ask "$NOCOBASE_URL/api/userDataSyncTasks:get?filterByTk=$task&fields=status,message") || continue
  status=$(echo "$answer" | value status)
  case $status in
    init | processing) ;;
    success) exit 0 ;;
    *)
      echo "Task $task of $source: $answer" >&2
      exit 1
      ;;
  esac
done
