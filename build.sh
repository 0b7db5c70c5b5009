#!/usr/bin/env bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
dotnet tool restore

# What a simulation came to is said last, behind the list of tasks.
summary=artifacts/simulation/summary.txt
rm -f "$summary"
code=0
dotnet cake build.cake "$@" || code=$?
if [ -f "$summary" ]; then cat "$summary"; fi
exit "$code"
