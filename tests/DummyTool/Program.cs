// A program for tests to start: it does what its first argument says.
using System.Runtime.InteropServices;

switch (args[0])
{
    case "arguments": // prints each argument on a line of its own
        foreach (string argument in args.Skip(1))
            Console.WriteLine(argument);
        return 0;
    case "exit": // exit CODE [TEXT]: prints TEXT to the error stream
        if (args.Length > 2)
            Console.Error.WriteLine(args[2]);
        return int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture);
    case "echo-input": // copies its input to its output
        Console.Out.Write(Console.In.ReadToEnd());
        return 0;
    case "environment": // prints a variable
        Console.WriteLine(Environment.GetEnvironmentVariable(args[1]) ?? "(unset)");
        return 0;
    case "environment-all": // prints every variable
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
            Console.WriteLine($"{variable.Key}={variable.Value}");
        return 0;
    case "read-file": // read-file PATH|$NAME: prints the modes of the file's folder and of the file, the path, and what it holds
        {
            string path = args[1].StartsWith('$') ? Environment.GetEnvironmentVariable(args[1][1..])! : args[1][(args[1].IndexOf('=') + 1)..];
            Console.WriteLine(OperatingSystem.IsWindows() ? "" : $"{File.GetUnixFileMode(Path.GetDirectoryName(path)!)} / {File.GetUnixFileMode(path)}");
            Console.WriteLine(path);
            Console.WriteLine(File.ReadAllText(path));
            return args.Length > 2 ? int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture) : 0;
        }

    case "directory":
        Console.WriteLine(Environment.CurrentDirectory);
        return 0;
    case "flood": // flood MEGABYTES [one-line]
        {
            long bytes = long.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) * 1024 * 1024;
            bool oneLine = args.Length > 2;
            byte[] line = [.. System.Text.Encoding.ASCII.GetBytes(new string('x', 99)), (byte)(oneLine ? 'x' : '\n')];
            using Stream output = Console.OpenStandardOutput();
            for (long written = 0; written < bytes; written += line.Length)
                output.Write(line);
            return 0;
        }

    case "kill-self": // dies by a signal
        System.Diagnostics.Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
        return 0;
    case "hang": // hang [PIDFILE]: polite, ends on SIGTERM
        WritePid(args, 1);
        Console.WriteLine("hanging");
        Thread.Sleep(Timeout.Infinite);
        return 0;
    case "stubborn": // stubborn [PIDFILE]: ignores SIGTERM and SIGINT
        {
            using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
            WritePid(args, 1);
            Console.WriteLine("stubborn");
            Thread.Sleep(Timeout.Infinite);
            return 0;
        }

    case "parent": // parent PIDFILE stubborn|hang: starts a child that inherits the output, and waits for it
        {
            var child = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(Environment.ProcessPath!, [args[2], args[1]]) { UseShellExecute = false })!;
            child.WaitForExit();
            return 0;
        }

    case "orphan": // orphan PIDFILE: starts a child that keeps the output open, and ends at once
        System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(Environment.ProcessPath!, ["stubborn", args[1]]) { UseShellExecute = false });
        Console.WriteLine("parent done");
        return 0;
    case "print": // print FILE [EXITCODE]: a recorded output
        Console.Out.Write(File.ReadAllText(args[1]));
        return args.Length > 2 ? int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture) : 0;
    default:
        Console.Error.WriteLine($"dummy-tool: unknown verb '{args[0]}'");
        return 64;
}

static void WritePid(string[] args, int index)
{
    if (args.Length > index)
        File.WriteAllText(args[index], Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
