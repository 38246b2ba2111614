using Pipelines.Core.Model;

namespace Pipelines.Core.Reporting;

/// <summary>The JSON of a plan. Times are seconds.</summary>
internal static class PlanJson
{
    public static void Write(JsonText json, PipelinePlan plan)
    {
        json.WriteStartObject();
        json.WriteString("pipeline", plan.Name);
        json.WriteStartArray("stages");
        foreach (PlannedStage stage in plan.Stages)
            WriteStage(json, stage);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteStage(JsonText json, PlannedStage stage)
    {
        json.WriteStartObject();
        json.WriteString("name", stage.Name);
        json.WriteString("kind", stage.Kind);
        json.WriteString("description", stage.Description);
        json.WriteString("output", stage.Output);
        Names(json, "inputs", stage.Inputs);
        Names(json, "after", stage.After);
        json.WriteStartArray("conditions");
        foreach (Condition condition in stage.Conditions)
            json.WriteStringValue(condition.Description);
        json.WriteEndArray();
        json.WriteNumber("timeout", stage.Timeout.TotalSeconds);
        json.WriteNumber("maxAttempts", stage.Retry.MaxAttempts);
        json.WriteStartArray("locks");
        foreach (string name in stage.Locks)
            json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteBoolean("always", stage.Always);
        json.WriteString("environment", stage.Environment);
        json.WriteBoolean("undoable", stage.IsUndoable);
        json.WriteEndObject();
    }

    private static void Names(JsonText json, string name, IReadOnlyList<PlannedStage> stages)
    {
        json.WriteStartArray(name);
        foreach (PlannedStage stage in stages)
            json.WriteStringValue(stage.Name);
        json.WriteEndArray();
    }
}
