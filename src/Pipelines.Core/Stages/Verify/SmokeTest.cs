using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Pipelines.Core.GitOps.Locks;
using Pipelines.Core.Stages.Verify;

namespace Pipelines.Core;

/// <summary>Asks the deployed service until it answers well, and passes the deployment on as proven. What it saw is the fact <c>smoke test</c>.</summary>
public sealed record SmokeTest : IStage<Deployment, ProvenDeployment>, IDescribedStage
{
    private const int HopelessAttempts = 3; // one pod of several may still have the old certificate
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(8);

    /// <summary>A smoke test of one address.</summary>
    /// <param name="url">Such as <c>https://staging.example.com/health</c>. <c>{environment}</c> and <c>{app}</c> are filled in from the deployment.</param>
    /// <exception cref="ArgumentException">It is no http or https address, or has a password in it.</exception>
    [SuppressMessage("Design", "CA1057", Justification = "the template with its braces is the primary form; a Uri would escape them")]
    public SmokeTest(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        string example = Fill(url, "environment", "app");
        if (!Uri.TryCreate(example, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https") || address.Host.Length == 0)
            throw new ArgumentException($"'{SafeText(url)}' is no address to test. Write it in full, such as https://{{environment}}.example.com/health.", nameof(url));
        if (address.UserInfo.Length > 0)
            throw new ArgumentException($"The address of a smoke test must hold no user or password: it is printed in plans and logs. The host is '{address.Host}'.", nameof(url));
        if (example.Contains('{', StringComparison.Ordinal) || example.Contains('}', StringComparison.Ordinal))
            throw new ArgumentException($"'{url}' has a placeholder that is unknown. The placeholders are {{environment}} and {{app}}.", nameof(url));
        Url = url;
    }

    /// <summary>A smoke test of one address.</summary>
    /// <param name="url">An http or https address.</param>
    /// <exception cref="ArgumentException">It is no http or https address, or has a password in it.</exception>
    public SmokeTest(Uri url) : this((url ?? throw new ArgumentNullException(nameof(url))).OriginalString) { }

    /// <summary>The address, with its placeholders.</summary>
    public string Url { get; }

    /// <summary>The status that proves it.</summary>
    /// <value>200</value>
    public int ExpectedStatus { get; init; } = 200;

    /// <summary>Text that the body must hold; null for none.</summary>
    public string? BodyContains { get; init; }

    /// <summary>The key of the JSON body whose value must be the deployed tag, dots between the levels, such as <c>version</c>; null for no such check.</summary>
    /// <remarks>A tag of a full commit id also passes with the first 7 or more digits of it, which is what many services print.</remarks>
    public string? VersionJsonKey { get; init; }

    /// <summary>Whether the deployed tag must stand somewhere in the body.</summary>
    /// <value>false</value>
    public bool BodyContainsTag { get; init; }

    /// <summary>How long it may take in all.</summary>
    /// <value>2 minutes</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long one request may take.</summary>
    /// <value>10 seconds</value>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether redirects are followed, at most five. Otherwise a redirect is an answer like any other.</summary>
    /// <value>false</value>
    public bool FollowRedirects { get; init; }

    /// <inheritdoc/>
    public string Description => $"GET {Url} until {ExpectedStatus}{(VersionJsonKey is null ? "" : $" and {VersionJsonKey} is the deployed tag")}, for {Spell(Timeout)}";

    /// <inheritdoc/>
    /// <exception cref="SmokeTestFailedException">It did not answer well in time; the message holds each distinct thing that was seen.</exception>
    /// <exception cref="EnvironmentLockException">The run held a lock of the environment, and lost it.</exception>
    public Task<ProvenDeployment> RunAsync(Deployment input, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        return LockedWork.RunAsync(input.Environment, context, token => TestAsync(input, context, token), cancellationToken);
    }

    private async Task<ProvenDeployment> TestAsync(Deployment input, StageContext context, CancellationToken cancellationToken)
    {
        var url = new Uri(Fill(Url, input.Environment.Name, input.Environment.App));
        var probe = new SmokeProbe(this, url, input.Image.Reference.Tag ?? input.Image.Digest, context.Time);
        var sightings = new Sightings();
        long started = context.Time.GetTimestamp();
        TimeSpan wait = s_firstWait;
        SmokeAnswer? last = null;
        while (true)
        {
            TimeSpan left = Timeout - context.Time.GetElapsedTime(started);
            SmokeAnswer answer = await probe.AskAsync(left < RequestTimeout ? left : RequestTimeout, cancellationToken).ConfigureAwait(false);
            if (answer.Problem is null)
                return Prove(input, context, url, answer, sightings.Count + 1);
            if (answer.IsTimeout && left < RequestTimeout && last is not null)
                answer = last; // the end of the whole test cut this request short: that says nothing about the service
            else if (sightings.Add(answer.Problem))
                context.Log.Info(answer.Problem);
            last = answer;
            TimeSpan elapsed = context.Time.GetElapsedTime(started);
            bool isHopeless = answer.IsHopeless && sightings.CountOf(answer.Problem!) == HopelessAttempts;
            if (isHopeless || elapsed + wait >= Timeout)
                throw new SmokeTestFailedException(url, sightings.Entries, elapsed, isHopeless, answer.IsOfDeployment && input.Environment.ArgoCd is not null, sightings.Advice(input, answer));
            await Task.Delay(wait, context.Time, cancellationToken).ConfigureAwait(false);
            wait = wait * 2 < s_longestWait ? wait * 2 : s_longestWait;
        }
    }

    private static ProvenDeployment Prove(Deployment deployment, StageContext context, Uri url, SmokeAnswer answer, int attempts)
    {
        string proof = string.Create(CultureInfo.InvariantCulture, $"{answer.Status} from {url} in {answer.Latency.TotalMilliseconds:0} ms{(attempts == 1 ? "" : $", attempt {attempts}")}");
        context.Log.Info(proof);
        context.Report("smoke test", proof);
        return new ProvenDeployment(deployment, proof);
    }

    private static string Fill(string url, string environment, string app) =>
        url.Replace("{environment}", environment, StringComparison.Ordinal).Replace("{app}", app, StringComparison.Ordinal);

    // What is no address may be a secret put in the wrong place.
    private static string SafeText(string url) => url.Contains('@', StringComparison.Ordinal) ? "…" : url;

    private static string Spell(TimeSpan time) => time.TotalMinutes >= 1 && time.Seconds == 0 ? $"{time.TotalMinutes:0} min" : $"{time.TotalSeconds:0.#} s";
}
