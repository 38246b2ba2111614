namespace Pipelines.Core;

/// <summary>A migration failed. Nothing was deployed; the database may be half changed where it can't change its schema in a transaction.</summary>
public sealed class MigrationFailedException : PipelineException
{
    internal MigrationFailedException(string what, string? evidence, string advice, Exception? innerException = null) : base(what, evidence, advice, innerException) { }
}
