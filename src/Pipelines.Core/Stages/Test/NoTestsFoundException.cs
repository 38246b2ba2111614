namespace Pipelines.Core;

/// <summary>No test ran. That is never a success: a test folder that moved would go unnoticed.</summary>
public sealed class NoTestsFoundException : PipelineException
{
    internal NoTestsFoundException(string what, string? evidence, string advice) : base(what, evidence, advice) { }
}
