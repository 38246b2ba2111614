using Pipelines.Core.Model;

namespace Pipelines.Core.Engine;

/// <summary>Turns any exception into a failure, whatever the exception itself does.</summary>
internal static class Failures
{
    public static Failure Of(Exception exception, ITextMasker masker)
    {
        try
        {
            return Failure.From(exception, masker);
        }
#pragma warning disable CA1031 // an exception whose message throws, or a masker that does: what is left to say is the type
        catch (Exception second)
#pragma warning restore CA1031
        {
            return new Failure(
                $"{exception.GetType().Name}, whose message could not be read or masked ({second.GetType().Name}).", null, null, exception.GetType().Name, FailureKind.Failed);
        }
    }
}
