$ErrorActionPreference = "Stop"
Set-Location $PSScriptRoot
dotnet tool restore
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }

# What a simulation came to is said last, behind the list of tasks.
$summary = "artifacts/simulation/summary.txt"
if (Test-Path $summary) { Remove-Item $summary }
dotnet cake build.cake @args
$code = $LASTEXITCODE
if (Test-Path $summary) { Get-Content $summary }
exit $code
