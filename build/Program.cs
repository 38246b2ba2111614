// How this library is built, tested, packed and tried. Run it with: dotnet run --project build
// It runs in Debug and builds Release, so that it never overwrites itself.
using Build;
using Pipelines.Core;

const string Solution = "Pipelines.sln";

var pipeline = new PipelineBuilder("pipelines");

pipeline.Add("scan secrets", new SecretScan());
var restore = pipeline.Add("restore", new DotNet("restore", Solution, "-p:Configuration=Release"));
var build = pipeline.Add("build", new DotNet("build", Solution, "--configuration", "Release", "--no-restore")).After(restore);
var tests = pipeline.Add("test", new DotNetTests { Project = Solution, NoBuild = true }).After(build);
var format = pipeline.Add("format", new DotNet("format", "whitespace", Solution, "--verify-no-changes", "--no-restore")).After(build);
var pack = pipeline.Add("pack", new Pack(Solution)).After(build);
pipeline.Add("try the packages", new TryPackages(), pack);

return await PipelineApp.RunAsync(pipeline.Build(), args);
