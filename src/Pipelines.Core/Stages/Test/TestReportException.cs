namespace Pipelines.Core;

/// <summary>A test runner ended well but left no report that could be read, so nobody knows whether a test ran.</summary>
public sealed class TestReportException : PipelineException
{
    internal TestReportException(string what, string? evidence, string advice, Exception? innerException = null) : base(what, evidence, advice, innerException) { }
}
