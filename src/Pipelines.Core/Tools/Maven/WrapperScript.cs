namespace Pipelines.Core.Tools.Maven;

/// <summary>A build tool's wrapper that lies in the checkout, which pins the tool's version, else the tool of the PATH.</summary>
internal static class WrapperScript
{
    public static Command CommandFor(string directory, string wrapper, string program, string installHint)
    {
        string script = Path.Combine(directory, OperatingSystem.IsWindows() ? (wrapper == "mvnw" ? "mvnw.cmd" : wrapper + ".bat") : wrapper);
        if (!File.Exists(script))
            return new Command(program).WithInstallHint(installHint);
        bool isExecutable = OperatingSystem.IsWindows() || (File.GetUnixFileMode(script) & UnixFileMode.UserExecute) != 0;
        return (isExecutable ? new Command(script) : new Command("sh", script)).WithInstallHint(installHint); // checkouts made on Windows lose the bit
    }
}
