using System.Text;
using Pipelines.Core.Model;

namespace Pipelines.Core.Reporting;

/// <summary>Prints a plan: as text and JSON for <c>plan</c>, as Mermaid and DOT for <c>graph</c>.</summary>
internal static class PlanPrinter
{
    /// <summary>The stages in order, each with all that decides when and how it runs.</summary>
    public static string Text(PipelinePlan plan, bool color = false)
    {
        var ink = new Ink(color);
        var text = new StringBuilder();
        text.Append(ink.Bold(LogText.Line(plan.Name))).Append(": ").Append(Amounts.Count(plan.Stages.Count, "stage")).Append('\n');
        int digits = Amounts.Number(plan.Stages.Count).Length;
        string indent = new(' ', digits + 2);
        foreach (PlannedStage stage in plan.Stages)
        {
            text.Append('\n').Append(Amounts.Number(stage.Index + 1).PadLeft(digits)).Append("  ").Append(ink.Bold(LogText.Line(stage.Name))).Append("  ")
                .Append(ink.Dim(LogText.Line(stage.Kind) + (stage.Output == nameof(Unit) ? "" : $" → {LogText.Line(stage.Output)}"))).Append('\n');
            if (stage.Description is { } description)
                Detail(null, description);
            Detail("needs", Names(stage.Inputs));
            Detail("after", Names(stage.After));
            foreach (Condition condition in stage.Conditions)
                Detail("only when", condition.Description);
            Detail("environment", stage.Environment);
            Detail("locks", string.Join(", ", stage.Locks));
            if (stage.Retry.MaxAttempts > 1)
                Detail("tries", $"up to {stage.Retry.MaxAttempts} times after transient errors, first wait {Amounts.Duration(stage.Retry.Delay)}");
            Detail("time limit", Amounts.Duration(stage.Timeout));
            if (stage.Always)
                Detail("always", "runs whatever happened to the others");
            if (stage.IsUndoable)
                Detail("undo", "taken back when a later stage of its environment does not succeed");
        }

        return text.ToString();

        void Detail(string? name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                text.Append(indent).Append(name is null ? "" : ink.Dim(name.PadRight(12))).Append(LogText.Line(value)).Append('\n');
        }
    }

    /// <summary>The plan as indented JSON.</summary>
    public static string Json(PipelinePlan plan)
    {
        var text = new StringBuilder();
        PlanJson.Write(new JsonText(text, indented: true), plan);
        return text.Append('\n').ToString();
    }

    /// <summary>A Mermaid flowchart: solid edges carry an output and name its type, dashed ones only order.</summary>
    public static string Mermaid(PipelinePlan plan)
    {
        var text = new StringBuilder("flowchart LR\n");
        foreach (PlannedStage stage in plan.Stages)
            text.Append("    ").Append(Id(stage)).Append(stage.Always ? "([\"" : "[\"").Append(MermaidText(stage.Name)).Append(stage.Always ? "\"])" : "\"]").Append('\n');
        foreach (PlannedStage stage in plan.Stages)
        {
            foreach (PlannedStage input in stage.Inputs)
                text.Append("    ").Append(Id(input)).Append(" -->|\"").Append(MermaidText(input.Output)).Append("\"| ").Append(Id(stage)).Append('\n');
            foreach (PlannedStage earlier in stage.After)
                text.Append("    ").Append(Id(earlier)).Append(" -.-> ").Append(Id(stage)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A Graphviz digraph, of the same form.</summary>
    public static string Dot(PipelinePlan plan)
    {
        var text = new StringBuilder("digraph ").Append(DotText(plan.Name)).Append(" {\n    rankdir=LR;\n    node [shape=box, style=rounded, fontname=\"sans-serif\"];\n    edge [fontname=\"sans-serif\", fontsize=10];\n");
        foreach (PlannedStage stage in plan.Stages)
            text.Append("    ").Append(Id(stage)).Append(" [label=").Append(DotText(stage.Name)).Append(stage.Always ? ", style=\"rounded,dashed\"" : "").Append("];\n");
        foreach (PlannedStage stage in plan.Stages)
        {
            foreach (PlannedStage input in stage.Inputs)
                text.Append("    ").Append(Id(input)).Append(" -> ").Append(Id(stage)).Append(" [label=").Append(DotText(input.Output)).Append("];\n");
            foreach (PlannedStage earlier in stage.After)
                text.Append("    ").Append(Id(earlier)).Append(" -> ").Append(Id(stage)).Append(" [style=dashed];\n");
        }

        return text.Append("}\n").ToString();
    }

    private static string Names(IReadOnlyList<PlannedStage> stages) => string.Join(", ", stages.Select(stage => stage.Name));

    private static string Id(PlannedStage stage) => "s" + Amounts.Number(stage.Index + 1);

    /// <summary>Mermaid takes entity codes with a hash in quoted text; everything that HTML or its own syntax would read becomes one.</summary>
    private static string MermaidText(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (char character in LogText.Line(text))
        {
            if (char.IsLetterOrDigit(character) || char.IsSurrogate(character) || character is ' ' or '-' or '_' or '.' or ',' or '/' or ':' or '(' or ')' or '=' or '+')
                safe.Append(character);
            else
                safe.Append('#').Append(Amounts.Number(character)).Append(';');
        }

        return safe.ToString();
    }

    private static string DotText(string text) => '"' + LogText.Line(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + '"';
}
