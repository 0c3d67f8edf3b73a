# Pushes users or departments to NocoBase, and prints the outcomes. For Windows PowerShell 5.1 and PowerShell 7.
#
#   $env:NOCOBASE_URL = 'https://nocobase.example.com'; $env:NOCOBASE_KEY = '...'
#   .\push.ps1 -DataType user -Source hr -File people.json
#
# people.json is a list of records. Ends with 0 when everything was applied, with 1 when some records failed, and with 2
# when nothing was applied or there was no answer.
param(
    [Parameter(Mandatory)] [ValidateSet('user', 'department')] [string] $DataType,
    [Parameter(Mandatory)] [string] $Source,
    [Parameter(Mandatory)] [string] $File
)

$ErrorActionPreference = 'Stop'
$url = $env:NOCOBASE_URL.TrimEnd('/')
$headers = @{ Authorization = "Bearer $env:NOCOBASE_KEY" }

# The file goes into the body as it is: PowerShell 5.1 would make an object of a list with one record.
$records = [IO.File]::ReadAllText((Resolve-Path $File), [Text.Encoding]::UTF8)
$name = ConvertTo-Json $Source
$body = "{`"dataType`": `"$DataType`", `"sourceName`": $name, `"records`": $records}"
# As bytes: PowerShell 5.1 does not send text as UTF-8.
$bytes = [Text.Encoding]::UTF8.GetBytes($body)

try {
    $answer = Invoke-RestMethod -Method Post -Uri "$url/api/userData:push" -Headers $headers `
        -ContentType 'application/json' -Body $bytes -TimeoutSec 300
} catch {
    # The answer of the server, with its code, or that there was none. Then check the tasks before you push again.
    $reason = if ($_.ErrorDetails) { $_.ErrorDetails.Message } else { $_.Exception.Message }
    [Console]::Error.WriteLine($reason)
    exit 2
}

$push = $answer.data
Write-Output "Task $($push.taskId): $($push.status)"
foreach ($result in $push.result) {
    foreach ($failed in $result.detail.failedRecords) {
        Write-Output "$($failed.record.uid): $($failed.code) $($failed.message)"
    }
}
if ($push.status -eq 'success') { exit 0 } else { exit 1 }
