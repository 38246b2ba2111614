namespace Pipelines.Core;

/// <summary>What a service is written in, as far as running its tests needs to know.</summary>
public enum ServiceLanguage
{
    /// <summary>Python: pytest or unittest.</summary>
    Python,

    /// <summary>JavaScript or TypeScript on Node.js: the <c>test</c> script of <c>package.json</c>.</summary>
    Node,

    /// <summary>.NET: <c>dotnet test</c>.</summary>
    DotNet,

    /// <summary>Java, Kotlin or Scala, built with Maven.</summary>
    Maven,

    /// <summary>Java, Kotlin or Scala, built with Gradle.</summary>
    Gradle,

    /// <summary>Go: <c>go test</c>.</summary>
    Go,
}
