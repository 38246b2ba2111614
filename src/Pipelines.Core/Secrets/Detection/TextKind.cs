namespace Pipelines.Core.Secrets.Detection;

/// <summary>What a text is, which decides how much an unquoted value can mean.</summary>
internal enum TextKind
{
    /// <summary>A program: an unquoted value is an expression, so only literals count.</summary>
    Code,

    /// <summary>Configuration (.env, YAML, properties, a Dockerfile, a shell script): values need no quotes.</summary>
    Configuration,

    /// <summary>The contents of one string literal.</summary>
    Literal,
}
