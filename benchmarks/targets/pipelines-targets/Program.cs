using Pipelines.Core;

// What to run comes by the environment, so that the arguments stay empty as in most runs of a real build script.
string target = Environment.GetEnvironmentVariable("BENCHMARK_TARGET") ?? "one";
var pipeline = new PipelineBuilder("benchmark");
StageHandle<Unit>? last = null;
for (int index = 0; index < (target == "one" ? 1 : 200); index++)
{
    StageHandle<Unit> stage = pipeline.Add($"stage {index}", (_, _) => Task.CompletedTask);
    if (target == "chain" && last is not null)
        stage.After(last);
    last = stage;
}

return await PipelineApp.RunAsync(pipeline.Build(), args);
