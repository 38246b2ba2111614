namespace Pipelines.Core.Tools;

/// <summary>What exit codes say.</summary>
internal static class ExitCodes
{
    private const int SignalBase = 128; // how shells and .NET report a process that a signal ended

    public static string Describe(int exitCode)
    {
        string signal = OperatingSystem.IsWindows() ? "" : (exitCode - SignalBase) switch
        {
            2 => " (ended by SIGINT)",
            4 => " (ended by SIGILL: it is probably built for another processor)",
            6 => " (ended by SIGABRT)",
            9 => " (ended by SIGKILL: killed, most often for want of memory)",
            11 => " (ended by SIGSEGV: it crashed)",
            13 => " (ended by SIGPIPE)",
            15 => " (ended by SIGTERM: something asked it to end)",
            _ => "",
        };
        return $"ended with exit code {exitCode}{signal}";
    }
}
