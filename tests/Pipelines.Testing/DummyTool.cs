using Pipelines.Core;

namespace Pipelines.Testing;

/// <summary>The dummy program of <c>tests/DummyTool</c>, which does what its first argument says.</summary>
public static class DummyTool
{
    /// <summary>Its executable.</summary>
    public static string Path { get; } = Find();

    /// <summary>A command that runs it.</summary>
    public static Command Command(params string[] arguments) => new(Path, arguments);

    private static string Find()
    {
        // …/tests/X/bin/CONFIGURATION/net10.0/ → …/tests/DummyTool/bin/CONFIGURATION/net10.0/dummy-tool
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(System.IO.Path.DirectorySeparatorChar));
        string tests = output.Parent!.Parent!.Parent!.Parent!.FullName;
        return System.IO.Path.Combine(tests, "DummyTool", "bin", output.Parent.Name, output.Name, OperatingSystem.IsWindows() ? "dummy-tool.exe" : "dummy-tool");
    }
}
