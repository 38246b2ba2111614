namespace Pipelines.Sandbox;

/// <summary>A secret that was seen where it does not belong.</summary>
/// <param name="Secret">Which one, by its reference or what it is for. Never its value.</param>
/// <param name="Form">How it was written there, such as <c>as it is</c>, <c>base64</c> or <c>its end</c>.</param>
/// <param name="Where">Where, such as a file, a process's argument or a request.</param>
public sealed record SecretLeak(string Secret, string Form, string Where)
{
    /// <summary>A line for people.</summary>
    public override string ToString() => $"{Secret} ({Form}) in {Where}";
}
