using Pipelines.Benchmarks;

// dotnet run -c Release --project benchmarks/Pipelines.Benchmarks [-- PAIRS | masker]
if (args is ["masker"]) // prints the masker's rows only
{
    foreach (Row row in MaskerSpeed.Measure())
        Console.WriteLine(row);
    return 0;
}

int pairs = args.Length > 0 && int.TryParse(args[0], out int given) ? Math.Max(given, 3) : 21;
string folder = Targets.BenchmarksFolder;

var rows = new List<Row>();
using (var hello = new Target("hello", "hello"))
{
    foreach ((string name, string what, double goal) in new[] { ("one", "process, 1 no-op stage", 2.0), ("chain", "process, 200 no-op stages in a chain", 2.5), ("wide", "process, 200 independent no-op stages", 2.5) })
    {
        using var ours = new Target("pipelines-targets", name);
        rows.Add(Comparison.Of(what, goal, hello, ours, pairs));
        Console.WriteLine(rows[^1]);
    }
}

foreach (Row row in await InProcess.MeasureAsync())
{
    rows.Add(row);
    Console.WriteLine(row);
}

foreach (Row row in MaskerSpeed.Measure())
{
    rows.Add(row);
    Console.WriteLine(row);
}

string report = Report.Of(rows, pairs);
Console.WriteLine();
Console.WriteLine(report);
await File.WriteAllTextAsync(Path.Combine(folder, "RESULTS.md"), report);
return 0;
