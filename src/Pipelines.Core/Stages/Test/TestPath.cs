namespace Pipelines.Core.Stages.Test;

/// <summary>Checks the folder or file that a stage was told to test.</summary>
internal static class TestPath
{
    public static void Check(StageContext context, string path)
    {
        string full = Path.GetFullPath(path, context.Run.Directory);
        if (!Path.Exists(full))
            throw new NoTestsFoundException($"There are no tests: '{path}' does not exist.", $"  {full}", "Give the stage the folder that holds the tests, from the service's root.");
    }
}
