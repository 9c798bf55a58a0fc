// Writes the score of one mutation report into the table of docs/mutation.md, and prints the mutants that survived.
// dotnet run eng/mutation/Scores.cs -- REPORT TABLE PROJECT [FOLDER]
#:property PublishAot=false
#:property TreatWarningsAsErrors=false

using System.Globalization;
using System.Text.Json;

var (report, table, name) = (args[0], args[1], args is [_, _, _, var folder, ..] && folder.Length > 0 ? $"{args[2]}/{folder}" : args[2]);
using var document = JsonDocument.Parse(File.ReadAllText(report));
var mutants = (
    from file in document.RootElement.GetProperty("files").EnumerateObject()
    from mutant in file.Value.GetProperty("mutants").EnumerateArray()
    let status = mutant.GetProperty("status").GetString()!
    where status is "Killed" or "Timeout" or "Survived" or "NoCoverage"
    select (
        File: file.Name,
        Line: mutant.GetProperty("location").GetProperty("start").GetProperty("line").GetInt32(),
        Status: status,
        Kind: mutant.GetProperty("mutatorName").GetString(),
        Text: mutant.TryGetProperty("replacement", out var text) ? text.GetString() : null)).ToList();
var noticed = mutants.Count(mutant => mutant.Status is "Killed" or "Timeout");

var unnoticed = mutants.Where(mutant => mutant.Status is "Survived" or "NoCoverage");
foreach (var mutant in unnoticed.OrderBy(mutant => mutant.File).ThenBy(mutant => mutant.Line))
{
    Console.WriteLine($"{mutant.Status,-10} {mutant.File}:{mutant.Line} {mutant.Kind}: {mutant.Text?.ReplaceLineEndings(" ")}");
}

var score = mutants.Count == 0 ? "–" : (100.0 * noticed / mutants.Count).ToString("0.0", CultureInfo.InvariantCulture) + " %";
var uncovered = mutants.Count(mutant => mutant.Status == "NoCoverage");
var row = $"| {name} | {mutants.Count} | {noticed} | {uncovered} | {score} | {DateTime.UtcNow:yyyy-MM-dd} |";
var lines = File.ReadAllLines(table).ToList();
var existing = lines.FindIndex(line => line.StartsWith($"| {name} |", StringComparison.Ordinal));
if (existing >= 0)
{
    lines[existing] = row;
}
else
{
    lines.Insert(lines.FindLastIndex(line => line.StartsWith('|')) + 1, row);
}

File.WriteAllLines(table, lines);
Console.WriteLine(row);
