namespace Pipelines.Sandbox.Aws;

/// <summary>An error as AWS answers with it. It never leaves the stand-ins.</summary>
internal sealed class AwsFault(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
