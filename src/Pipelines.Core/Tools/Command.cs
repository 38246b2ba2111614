using Pipelines.Core.Tools;

namespace Pipelines.Core;

/// <summary>A program and how to start it. Immutable: each <c>With…</c> returns a new one. No shell ever sees the arguments.</summary>
/// <remarks>
/// Secrets go in by <see cref="WithInput(Secret)"/>, <see cref="WithEnvironment(string, Secret)"/> or <see cref="WithSecretFile"/>: an argument can be read by every process of the machine, so one that
/// holds a secret is refused. A process inherits neither the variables that the run's <c>env://</c> references name nor the credentials of the CI system.
/// </remarks>
public sealed record Command
{
    /// <summary>A program with its arguments.</summary>
    /// <param name="program">A name on the PATH, or a path.</param>
    /// <param name="arguments">The arguments, each as the program will get it.</param>
    public Command(string program, params IReadOnlyList<string> arguments)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(program);
        ArgumentNullException.ThrowIfNull(arguments);
        Program = program;
        Arguments = [.. arguments];
    }

    /// <summary>The program.</summary>
    public string Program { get; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; private init; }

    /// <summary>The folder it runs in; null for the service's root.</summary>
    public string? WorkingDirectory { get; private init; }

    /// <summary>How long it may take; null for as long as its stage.</summary>
    public TimeSpan? Timeout { get; private init; }

    /// <summary>How long it may take to end after it was asked to, before it is killed.</summary>
    /// <value>10 seconds</value>
    public TimeSpan GracePeriod { get; private init; } = TimeSpan.FromSeconds(10);

    /// <summary>How to install the program, for the error when it is missing.</summary>
    public string? InstallHint { get; private init; }

    /// <summary>The exit codes that are no failure.</summary>
    /// <value>0</value>
    public IReadOnlyList<int> AllowedExitCodes { get; private init; } = [0];

    /// <summary>Whether the lines of its output go to the stage's log. Its error output always does.</summary>
    /// <value>true</value>
    public bool EchoesOutput { get; private init; } = true;

    internal const string FilePlace = "{file}";

    internal IReadOnlyDictionary<string, object?> Environment { get; private init; } = new Dictionary<string, object?>();

    /// <summary>What <c>{file}</c> stands for, by the argument's place.</summary>
    internal IReadOnlyDictionary<int, SecretFile> FileArguments { get; private init; } = new Dictionary<int, SecretFile>();

    internal object? Input { get; private init; }

    /// <summary>Gets each line of the output as it comes; the output is then kept out of the log.</summary>
    internal Action<string>? OnLine { get; private init; }

    /// <summary>More arguments at the end.</summary>
    /// <param name="arguments">The arguments.</param>
    public Command WithArguments(params IReadOnlyList<string> arguments) => this with { Arguments = [.. Arguments, .. arguments] };

    /// <summary>The folder it runs in.</summary>
    /// <param name="directory">A path; relative ones start at the service's root.</param>
    public Command In(string directory) => this with { WorkingDirectory = directory };

    /// <summary>A variable of this one process.</summary>
    /// <param name="name">The variable.</param>
    /// <param name="value">The value.</param>
    public Command WithEnvironment(string name, string value) => WithVariable(name, value);

    /// <summary>A secret variable of this one process.</summary>
    /// <param name="name">The variable.</param>
    /// <param name="value">The secret.</param>
    public Command WithEnvironment(string name, Secret value) => WithVariable(name, value);

    /// <summary>Takes a variable away from this one process.</summary>
    /// <param name="name">The variable.</param>
    public Command WithoutEnvironment(string name) => WithVariable(name, null);

    /// <summary>Text for its standard input. Without any it reads an empty one.</summary>
    /// <param name="text">The text.</param>
    public Command WithInput(string text) => this with { Input = text };

    /// <summary>A secret for its standard input.</summary>
    /// <param name="secret">The secret.</param>
    public Command WithInput(Secret secret) => this with { Input = secret };

    /// <summary>A secret that the program reads from a file: one that only this user can read, in a folder that nobody else can look into, both gone when the process has ended.</summary>
    /// <param name="target">A variable that gets the file's path, such as <c>GOOGLE_APPLICATION_CREDENTIALS</c>; or one more argument with <c>{file}</c> in it, such as <c>--token-file={file}</c>.</param>
    /// <param name="secret">The secret: all that the file holds.</param>
    /// <exception cref="ArgumentException">The target is neither.</exception>
    public Command WithSecretFile(string target, Secret secret)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(target);
        ArgumentNullException.ThrowIfNull(secret);
        if (target.Contains(FilePlace, StringComparison.Ordinal))
            return this with { Arguments = [.. Arguments, target], FileArguments = new Dictionary<int, SecretFile>(FileArguments) { [Arguments.Count] = new SecretFile(secret) } };
        return target.All(character => char.IsAsciiLetterOrDigit(character) || character == '_')
            ? WithVariable(target, new SecretFile(secret))
            : throw new ArgumentException($"'{target}' is neither a variable nor an argument with {FilePlace} in it: write NAME or --option={FilePlace}.", nameof(target));
    }

    /// <summary>A time limit of its own.</summary>
    /// <param name="timeout">More than zero.</param>
    public Command WithTimeout(TimeSpan timeout) => this with { Timeout = timeout };

    /// <summary>How long it may take to end after it was asked to, before it is killed.</summary>
    /// <param name="gracePeriod">Zero or more.</param>
    public Command WithGracePeriod(TimeSpan gracePeriod) => this with { GracePeriod = gracePeriod };

    /// <summary>What to do where the program is missing.</summary>
    /// <param name="hint">Such as <c>apt-get install git, or https://git-scm.com/downloads</c>.</param>
    public Command WithInstallHint(string hint) => this with { InstallHint = hint };

    /// <summary>Exit codes that are no failure; look at <see cref="CommandResult.ExitCode"/>.</summary>
    /// <param name="exitCodes">All of them, 0 included.</param>
    public Command AllowExitCodes(params IReadOnlyList<int> exitCodes) => this with { AllowedExitCodes = [.. exitCodes] };

    /// <summary>Any exit code is the caller's to judge.</summary>
    public Command AllowAnyExitCode() => this with { AllowedExitCodes = [] };

    /// <summary>Keeps its output out of the log: for output that is data.</summary>
    public Command Quiet() => this with { EchoesOutput = false };

    /// <summary>Hands each line of its output on as it comes, for output that is data and too long to keep.</summary>
    internal Command ReadLines(Action<string> onLine) => this with { OnLine = onLine, EchoesOutput = false };

    /// <summary>The command line for people: never with environment or input.</summary>
    public override string ToString() => string.Join(' ', Arguments.Prepend(Program).Select(Quote));

    private static string Quote(string argument) =>
        argument.Length > 0 && argument.All(character => char.IsAsciiLetterOrDigit(character) || "-_./:=@%+,{}".Contains(character, StringComparison.Ordinal)) ? argument : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private Command WithVariable(string name, object? value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return this with { Environment = new Dictionary<string, object?>(Environment) { [name] = value } };
    }
}
