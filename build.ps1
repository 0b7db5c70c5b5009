$ErrorActionPreference = "Stop"
Set-Location $PSScriptRoot
dotnet tool restore
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
dotnet cake build.cake @args
exit $LASTEXITCODE
