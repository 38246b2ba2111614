using System.Globalization;
using System.Xml;

namespace Pipelines.Core.Tools.Python;

/// <summary>How coverage is measured: as the service configures coverage.py, else everything but the tests.</summary>
internal static class CoverageSettings
{
    private const string Default =
        """
        [run]
        omit =
            tests/*
            test/*
            build/*
            */test_*.py
            test_*.py
            *_test.py
            conftest.py
            setup.py
            .venv/*
            venv/*
            .pipelines/*
        """;

    /// <summary>pytest-cov's arguments. Files it makes go to <paramref name="folder"/>.</summary>
    public static IReadOnlyList<string> Arguments(string directory, string folder)
    {
        List<string> arguments = ["--cov-report=term-missing:skip-covered", $"--cov-report=xml:{ReportFile(folder)}", "--cov-fail-under=0"]; // the floor is ours to judge
        if (IsConfigured(directory))
            return ["--cov", .. arguments];
        string settings = Path.Combine(folder, "coverage.ini");
        File.WriteAllText(settings, Default);
        return ["--cov=.", $"--cov-config={settings}", .. arguments];
    }

    /// <summary>The share of lines covered, from the Cobertura report; null where there is none, or where no line was measured.</summary>
    public static double? Read(string folder)
    {
        if (!File.Exists(ReportFile(folder)))
            return null;
        using XmlReader reader = XmlReader.Create(ReportFile(folder), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null }); // older versions name a DTD
        reader.MoveToContent();
        return Count("lines-valid") is > 0 and { } valid && Count("lines-covered") is { } covered ? covered / valid : null;

        double? Count(string attribute) => double.TryParse(reader.GetAttribute(attribute), NumberStyles.None, CultureInfo.InvariantCulture, out double count) ? count : null;
    }

    private static string ReportFile(string folder) => Path.Combine(folder, "coverage.xml"); // pytest-cov before 4.1 writes no JSON

    private static bool IsConfigured(string directory) =>
        File.Exists(Path.Combine(directory, ".coveragerc"))
        || Mentions(Path.Combine(directory, "pyproject.toml"), "[tool.coverage")
        || Mentions(Path.Combine(directory, "setup.cfg"), "[coverage:")
        || Mentions(Path.Combine(directory, "tox.ini"), "[coverage:");

    private static bool Mentions(string file, string section) => File.Exists(file) && File.ReadAllText(file).Contains(section, StringComparison.Ordinal);
}
