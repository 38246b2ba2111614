using System.Text.Json;
using Pipelines.Core.Reporting;

namespace Pipelines.Core.Tests.Reporting;

public class PlanPrinterTests
{
    private readonly PipelinePlan _plan;

    public PlanPrinterTests()
    {
        var plan = new PlanOf("order-service");
        PlannedStage lint = plan.Add("lint \"all\"", kind: "Flake8", description: "flake8 src/");
        PlannedStage build = plan.Add("build; image", after: [lint], kind: "DockerBuild", output: "BuiltImage", attempts: 3);
        plan.Add("deploy <prod>", [build], kind: "DeployManifest", output: "Deployment", environment: "prod", undoable: true, locks: ["environment/prod"], conditions: [Condition.Branch("main")], timeout: TimeSpan.FromMinutes(15));
        plan.Add("notify", after: [build], always: true);
        _plan = plan.Plan;
    }

    [Fact]
    public void Text_HasAllThatDecides() => Assert.Equal(
        """
        order-service: 4 stages

        1  lint "all"  Flake8
           flake8 src/
           time limit  1 h 00 min

        2  build; image  DockerBuild → BuiltImage
           after       lint "all"
           tries       up to 3 times after transient errors, first wait 1.0 s
           time limit  1 h 00 min

        3  deploy <prod>  DeployManifest → Deployment
           needs       build; image
           only when   branch is main
           environment prod
           locks       environment/prod
           time limit  15 min
           undo        taken back when a later stage of its environment does not succeed

        4  notify  lambda
           after       build; image
           time limit  1 h 00 min
           always      runs whatever happened to the others

        """,
        PlanPrinter.Text(_plan));

    [Fact]
    public void Mermaid_DataIsSolidOrderIsDashed() => Assert.Equal(
        """
        flowchart LR
            s1["lint #34;all#34;"]
            s2["build#59; image"]
            s3["deploy #60;prod#62;"]
            s4(["notify"])
            s1 -.-> s2
            s2 -->|"BuiltImage"| s3
            s2 -.-> s4

        """,
        PlanPrinter.Mermaid(_plan));

    [Fact]
    public void Dot_DataIsSolidOrderIsDashed() => Assert.Equal(
        """
        digraph "order-service" {
            rankdir=LR;
            node [shape=box, style=rounded, fontname="sans-serif"];
            edge [fontname="sans-serif", fontsize=10];
            s1 [label="lint \"all\""];
            s2 [label="build; image"];
            s3 [label="deploy <prod>"];
            s4 [label="notify", style="rounded,dashed"];
            s1 -> s2 [style=dashed];
            s2 -> s3 [label="BuiltImage"];
            s2 -> s4 [style=dashed];
        }

        """,
        PlanPrinter.Dot(_plan));

    [Fact]
    public void Json_IsReadableByPrograms()
    {
        using var json = JsonDocument.Parse(PlanPrinter.Json(_plan));
        JsonElement deploy = json.RootElement.GetProperty("stages")[2];
        Assert.Equal("order-service", json.RootElement.GetProperty("pipeline").GetString());
        Assert.Equal(("deploy <prod>", "build; image", 900, true, "prod"), (deploy.GetProperty("name").GetString(), deploy.GetProperty("inputs")[0].GetString(), deploy.GetProperty("timeout").GetDouble(), deploy.GetProperty("undoable").GetBoolean(), deploy.GetProperty("environment").GetString()));
    }
}
