using System.Runtime.InteropServices;

/// <summary>What <c>kill</c> does, without another process.</summary>
internal static class PosixSignals
{
    public const int Terminate = 15;

#pragma warning disable SYSLIB1054 // a generated stub would need unsafe code in this project
    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Kill(int process, int signal);
#pragma warning restore SYSLIB1054
}
