using Spectre.Console;
using Spectre.Console.Rendering;

namespace Pipelines.Core.Reporting;

/// <summary>Draws the live view. The only place that knows Spectre.Console, so that plain runs never load it.</summary>
internal static class LiveView
{
    private const string Spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(100);

    /// <summary>Draws until it is told to end, and leaves the screen as it found it.</summary>
    public static async Task ShowAsync(TextWriter output, bool color, LiveState state, TimeProvider time, CancellationToken ended)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = AnsiSupport.Yes,
            ColorSystem = color ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
        });
        await console.Live(new Text("")).AutoClear(true).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            using var timer = new PeriodicTimer(Frame, time);
            for (int frame = 0; !ended.IsCancellationRequested; frame++)
            {
                live.UpdateTarget(Draw(state, time.GetUtcNow(), frame, console.Profile.Width, console.Profile.Height));
                try
                {
                    if (!await timer.WaitForNextTickAsync(ended).ConfigureAwait(false))
                        break; // nobody keeps the timer any more, and it would tick without end
                }
                catch (OperationCanceledException)
                {
                    break;
                }
            }
        }).ConfigureAwait(false);
    }

    /// <summary>One picture, made of plain text pieces: nothing of a stage's name or log is read as markup.</summary>
    internal static IRenderable Draw(LiveState state, DateTimeOffset now, int frame, int width, int height)
    {
        LiveState.Picture picture = state.Take(Math.Max(3, height - 4));
        int nameWidth = Math.Min(32, picture.Lines.Select(line => line.Name.Length).DefaultIfEmpty(0).Max());
        int noteWidth = Math.Max(0, width - nameWidth - 20);
        var rows = new List<IRenderable>(picture.Lines.Count + 1);
        foreach (LiveState.Line line in picture.Lines)
            rows.Add(Row(line, now, frame, nameWidth, noteWidth));
        string hidden = picture.Lines.Count < picture.Total ? $" · {picture.Total - picture.Lines.Count} not shown" : "";
        rows.Add(new Text($"{picture.Done} of {Amounts.Count(picture.Total, "stage")} done · {picture.Running} running{hidden} · {Clock(now - picture.StartedAt)}", new Style(decoration: Decoration.Dim)));
        return new Rows(rows);
    }

    private static Paragraph Row(LiveState.Line line, DateTimeOffset now, int frame, int nameWidth, int noteWidth)
    {
        (string sign, Color color) = line switch
        {
            { Phase: LiveState.Phase.Running } => (Spinner[frame % Spinner.Length].ToString(), Color.Aqua),
            { Phase: LiveState.Phase.Undoing } => ("↩", Color.Yellow),
            { Phase: LiveState.Phase.Waiting } => ("·", Color.Grey),
            { Outcome: { HasOutput: true } } => (Words.Symbol(line.Outcome), Color.Green),
            { Outcome: StageOutcome.Failed or StageOutcome.TimedOut } => (Words.Symbol(line.Outcome), Color.Red),
            { Outcome: StageOutcome.Cancelled } => (Words.Symbol(line.Outcome), Color.Yellow),
            _ => (Words.Symbol(line.Outcome), Color.Grey),
        };
        string clock = line.Phase switch
        {
            LiveState.Phase.Running or LiveState.Phase.Undoing => Clock(now - line.StartedAt!.Value),
            LiveState.Phase.Done when line.Took > TimeSpan.Zero => Amounts.Duration(line.Took),
            _ => "",
        };
        bool quiet = line.Phase == LiveState.Phase.Waiting || line.Outcome is StageOutcome.Skipped;
        return new Paragraph { Overflow = Overflow.Ellipsis }
            .Append(sign + " ", new Style(color))
            .Append(LogText.Cut(line.Name, nameWidth).PadRight(nameWidth), quiet ? new Style(Color.Grey) : null)
            .Append(clock.PadLeft(13) + "  ")
            .Append(LogText.Cut(line.Note.Replace('\t', ' '), noteWidth), new Style(line.Outcome is StageOutcome.Failed or StageOutcome.TimedOut ? Color.Red : Color.Grey));
    }

    /// <summary>A running time without digits that flicker.</summary>
    private static string Clock(TimeSpan time) => time < TimeSpan.FromSeconds(1) ? Amounts.Duration(TimeSpan.FromMilliseconds(Math.Round(time.TotalMilliseconds / 100) * 100)) : Amounts.Duration(time);
}
