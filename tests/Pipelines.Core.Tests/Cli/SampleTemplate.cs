namespace Pipelines.Core.Tests.Cli;

/// <summary>A template with one setting of each form; its stage prints them.</summary>
internal sealed class SampleTemplate : PipelineTemplate
{
    private readonly Setting<string> _word;
    private readonly Setting<int> _count;
    private readonly Setting<TimeSpan> _wait;
    private readonly Setting<double> _share;
    private readonly Setting<bool> _flag;
    private readonly Setting<string> _choice;

    public SampleTemplate()
    {
        _word = Schema.Text("the.word", "a word", "default");
        _count = Schema.Number("the.count", "a number", 3, 1, 9);
        _wait = Schema.Duration("the.wait", "a duration", "10m");
        _share = Schema.Share("the.share", "a share", "50%");
        _flag = Schema.Flag("the.flag", "yes or no", false);
        _choice = Schema.Choice("the.choice", "one of two", "red", "red", "blue");
        Schema.OnCancel();
        Schema.Secret("the.token", "a secret", "env://TOKEN");
    }

    public Dictionary<string, string> Script { get; } = [];

    public override string Name => "sample";

    public override SettingsSchema Schema { get; } = new();

    public override IReadOnlyDictionary<string, string> Defaults => Script;

    public override Task<PipelinePlan> BuildAsync(TemplateContext context, CancellationToken cancellationToken)
    {
        EffectiveSettings settings = context.Settings;
        string text = FormattableString.Invariant($"{settings.Get(_word)} {settings.Get(_count)} {settings.Get(_wait).TotalSeconds} {settings.Get(_share)} {settings.Get(_flag)} {settings.Get(_choice)}");
        var pipeline = new PipelineBuilder(Name);
        pipeline.Add("print", (stage, _) =>
        {
            stage.Log.Info("settings: " + text);
            return Task.CompletedTask;
        });
        return Task.FromResult(pipeline.Build());
    }
}
