using System.Text;
using Pipelines.Core.Model;

namespace Pipelines.Core.Reporting;

/// <summary>The console for programs, with <c>--output json</c>: one JSON object per event per line, of the same form as <c>events.jsonl</c>.</summary>
internal sealed class JsonConsole(TextWriter output) : IRunObserver
{
    private readonly StringBuilder _line = new(1024);

    public void OnEvent(RunEvent runEvent)
    {
        EventJson.Write(new JsonText(_line), runEvent);
        output.Write(_line.Append('\n').ToString()); // one call, so that the line stays whole whoever else writes
        _line.Clear();
        output.Flush();
    }

    public Task CompleteAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
